"""What a run left, read as it is asked for: a column, some patients, or a question; never the whole unless it is wanted."""
