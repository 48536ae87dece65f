//! Plate text: normalising, jurisdictions, look-alikes, patterns, the dictionary and the hotlist matcher.
