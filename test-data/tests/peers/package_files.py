"""Prints the folders of real DICOM files that the packages pydicom and pydicom-data hold, as a JSON list."""

import importlib.util
import json
import pathlib

folders = []
for package, below in (("pydicom", "data/test_files"), ("pydicom", "data/charset_files"), ("data_store", "data")):
    found = importlib.util.find_spec(package)
    folder = pathlib.Path(found.submodule_search_locations[0]) / below
    if folder.is_dir():
        folders.append(str(folder))
print(json.dumps(folders))
