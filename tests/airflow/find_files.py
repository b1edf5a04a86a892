"""Run by an Airflow's Python: print which files it finds in folders of DAGs, by both syntaxes of ignore files.

    python find_files.py FOLDER...

Prints {FOLDER: {"regexp": [...], "glob": [...], "default": [...]}}: paths from the folder down; the last are those that
it would parse, in safe mode and by its own default syntax.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")


def main(folders: list[str]) -> None:
    file = importlib.import_module("airflow.utils.file")
    try:
        find = importlib.import_module("airflow._shared.module_loading").find_path_from_directory
    except ImportError:
        find = file.find_path_from_directory

    def below(paths: list[str], folder: str) -> list[str]:
        return sorted(os.path.relpath(path, folder) for path in paths)

    found = {}
    for folder in folders:
        syntaxes = {
            syntax: below(list(find(folder, ".airflowignore", syntax)), folder) for syntax in ("regexp", "glob")
        }
        found[folder] = {**syntaxes, "default": below(file.list_py_file_paths(folder, safe_mode=True), folder)}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
