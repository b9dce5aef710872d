"""Code systems by their one right name. How they are also named in the wild stands where codes are read."""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
