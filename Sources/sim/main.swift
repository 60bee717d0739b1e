import Command
import Lab

LockstepCommand.main(.standard)
