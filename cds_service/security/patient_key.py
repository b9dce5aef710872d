"""Patients in the audit record: a keyed hash, so that one patient's calls can be found without storing who it is."""

import hashlib
import hmac


def patient_key(secret: bytes, patient_id: str) -> str:
    """The patient of a call as 64 hexadecimal digits (HMAC-SHA-256); the same patient always gives the same."""
    return hmac.new(secret, patient_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
