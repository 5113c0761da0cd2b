"""`python -m lookscape` is the command."""

from lookscape.interfaces.cli.app import main

if __name__ == "__main__":
    main()
