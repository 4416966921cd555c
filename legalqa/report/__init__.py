"""VerifiedAnswer and coverage → JSON, terminal text, and page images with the cited words boxed."""
