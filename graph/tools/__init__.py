"""What a model may call while it works on a step."""
