"""Proof that a credential pulls an image: asked of the registry itself, or through a Docker Engine. OUT."""
