"""`python -m seedsoil` is the command `seedsoil`."""

from seedsoil.cli.main import main

if __name__ == "__main__":
    main()
