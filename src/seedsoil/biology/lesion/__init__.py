"""What a block of tissue is made of: substances that diffuse, kinds of cell, and the rules by which they behave."""
