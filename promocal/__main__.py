from promocal.cli import main

main()
