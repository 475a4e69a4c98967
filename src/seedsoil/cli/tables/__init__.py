"""Commands that hand out the tables of a finished run: an answer to a question, or all of them as files."""
