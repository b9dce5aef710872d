"""Code systems by their one right name. How they are also named in the wild stands where codes are read."""

HL7 = "http://terminology.hl7.org/CodeSystem/"  # in front of the name of one of its own
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
