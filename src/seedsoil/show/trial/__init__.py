"""Pictures of many patients: each takes a Trial and draws its arms."""
