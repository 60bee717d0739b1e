import Contract

/// Every property that runs are judged by, in the order in which reports list them.
public enum CheckCatalog {
  public static let all: [any Check.Type] = [
    MutualExclusion.self,
    EarlyGrant.self,
    LeaseKept.self,
    TokenOrder.self,
    WrongRelease.self,
    StaleWrite.self,
    LostUpdate.self,
    TokenRatchet.self,
    FalseReject.self,
    Progress.self,
    ReconnectStorm.self,
  ]
}
