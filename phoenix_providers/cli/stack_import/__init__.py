"""`phoenix init --stack`: a compose project of any form as the folder of a stack."""
