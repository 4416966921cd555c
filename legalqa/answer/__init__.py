"""Question → Answer: retrieve passages, choose the evidence, word it under a grammar, copy the quotes."""
