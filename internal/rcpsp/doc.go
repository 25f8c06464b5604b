package rcpsp
