"""The access matrix (权限矩阵): every address of every door, asked by every role about its own things, about those of others, and about none."""
