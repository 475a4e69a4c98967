"""The soil: what tissues offer to tumour cells, and what their vessels and host cells do to a lesion."""
