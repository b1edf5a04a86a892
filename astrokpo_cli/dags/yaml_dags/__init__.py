"""Tasks that are written in YAML: dag-factory's files, and the templates of pods. PURE."""
