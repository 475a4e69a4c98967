"""The review as a test: claims as virtual experiments, each with a figure, a verdict, and an ablation that must break it."""
