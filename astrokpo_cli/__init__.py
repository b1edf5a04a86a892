"""Registry credentials for Airflow's KubernetesPodOperator on Astro."""

__version__ = "0.1.0"
