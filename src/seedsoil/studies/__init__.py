"""Studies that come with seedsoil: TOML files that a user can copy and change."""
