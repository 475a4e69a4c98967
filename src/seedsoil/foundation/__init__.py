"""What every honest experiment stands on: units, values, random streams, samplers, records, errors."""
