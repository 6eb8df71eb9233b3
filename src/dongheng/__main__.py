"""`python -m dongheng` is `dongheng`."""

from dongheng.cli import main

main()
