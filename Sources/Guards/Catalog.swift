import Contract

/// All guards, in the order in which people read about them.
public enum GuardCatalog {
  public static let all: [any Guard.Type] = [
    Unfenced.self,
    WriteRatchet.self,
    StrictRatchet.self,
    ReadWriteRatchet.self,
    UniqueToken.self,
    RecoverLease.self,
    CompareAndSet.self,
    CausalContext.self,
    PairedToken.self,
    Optimistic.self,
    Idempotent.self,
    InStore.self,
  ]
}
