import Contract
import Services

/// The parameters of Redlock and its variants.
enum RedlockTerms {
  static let parameters =
    RedisTerms.parameters(
      nodes: ParameterSpec(
        "nodes", .count(1...63), .count(5), "independent Redis nodes; the majority counts all"))
    + RedlockHabits.parameters
}

/// In what client libraries differ from the text of Redlock, and from each other; the defaults are the text.
///
/// Breaks when: `redlock-keeps-partial-grants`, `redlock-extend-resurrects`, `redlock-prolong-another`.
/// Modelled: RedissonRedLock's PEXPIRE without a comparison follows its acquisition; here it is the refresh.
/// Source: read in antirez/redlock-rb and redlock-py (sequential requests), node-redlock 5 (partial grants
/// kept between attempts, with the same value), leandromoreira/redlock-rb (an extension that creates),
/// Redisson's RedissonRedLock (PEXPIRE without comparing).
struct RedlockHabits: Sendable, BitwiseCopyable {
  /// One node after the other, each with a `requestTimeout` of its own, and judged when all were asked.
  let asksInTurn: Bool
  /// A failed attempt unlocks nothing, and the next one has the same value.
  let keepsPartialGrants: Bool
  /// What an extension sends.
  let extensionOperation: RedisMessage.Operation

  init(_ settings: Settings) {
    asksInTurn = settings.choice("requests") == "sequential"
    keepsPartialGrants = settings.choice("partialGrants") == "keep"
    let mayCreate = settings.choice("extension") == "may-create"
    let compares = settings.choice("prolong") != "anyone"
    extensionOperation = mayCreate ? .setIfAbsentOrEqual : compares ? .extendIfEqual : .extend
  }

  static let parameters = [
    ParameterSpec(
      "requests", .choice(["parallel", "sequential"]), .choice("parallel"),
      "all nodes at once, or one after the other (redlock-py, antirez/redlock-rb)"),
    ParameterSpec(
      "partialGrants", .choice(["release", "keep"]), .choice("release"),
      "what a failed attempt does with keys it got; keep: the next one has the same value (node-redlock 5)"),
    ParameterSpec(
      "extension", .choice(["strict", "may-create"]), .choice("strict"),
      "whether an extension may set a key that is gone (leandromoreira/redlock-rb)"),
    ParameterSpec(
      "prolong", .choice(["owner", "anyone"]), .choice("owner"),
      "anyone: a strict extension does not compare the value (RedissonRedLock)"),
  ]
}
