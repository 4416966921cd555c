"""The values that pass between the stages: frozen, validated where they come from outside, free of behaviour."""
