"""astrokpo.toml, and the Airflow that an Astro project runs.

IN. `load_settings` finds and reads the file, `find_versions` asks the project around it.
"""
