import Contract

/// All faults, in the order in which people read about them.
public enum FaultCatalog {
  public static let all: [any Fault.Type] = [
    Pause.self,
    Delay.self,
    Drop.self,
    Duplicate.self,
    Reorder.self,
    Partition.self,
    Clog.self,
    Crash.self,
    DiskStall.self,
    ClockStep.self,
    ClockDrift.self,
    ClockFreeze.self,
    ClockStrobe.self,
    Failover.self,
    LeaderChange.self,
    Recovery.self,
    VersionRate.self,
    Unavailable.self,
    UnknownResult.self,
    Slow.self,
  ]
}
