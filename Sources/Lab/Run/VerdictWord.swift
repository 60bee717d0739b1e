import Contract

/// A verdict without its witness, by the word that results have for it.
public enum VerdictWord: String, Sendable, CaseIterable {
  case held, violated
  case notApplicable = "not-applicable"
  case unknown

  public init(_ verdict: Verdict) {
    switch verdict {
    case .held: self = .held
    case .violated: self = .violated
    case .notApplicable: self = .notApplicable
    case .unknown: self = .unknown
    }
  }
}
