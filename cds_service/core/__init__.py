"""The pure core: facts, findings, rules, evaluation, differential, cards. No input or output, no clock, no ids."""
