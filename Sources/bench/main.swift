import Foundation

if CommandLine.arguments.dropFirst() == [GCPauseProcesses.worker] {
  GCPauseProcesses.work()
  exit(0)
}
exit(BenchCommand.run(Array(CommandLine.arguments.dropFirst())))
