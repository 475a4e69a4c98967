"""A scene of tissue: a text file becomes a block with vessels, cells and doses; a patient's lesion can become one."""
