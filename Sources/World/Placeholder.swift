import Contract
