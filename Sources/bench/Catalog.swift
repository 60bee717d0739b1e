/// Every benchmark, in the order of the report: one line here and one file for each.
let catalog: [any Benchmark] = [
  HoldModel(pending: 100),
  HoldModel(pending: 10_000),
  HoldModel(pending: 1_000_000),
  HoldModelInSimPy(pending: 100),
  HoldModelInSimPy(pending: 10_000),
  HoldModelInSimPy(pending: 1_000_000),
  PingPong(),
  GCPauseRuns(),
  GCPauseJobs(),
  GCPauseProcesses(),
  LayerAtScale(),
  LayerAtScaleSpeed(),
]
