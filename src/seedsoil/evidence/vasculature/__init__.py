"""Section I, vasculature: drugs on the endothelium of lesions."""
