import Contract
import Lab

/// What the runs reached, so that a pass shows what it covered, and how to get each of them again.
enum Coverage {
  static func text(_ rows: [RunRow], _ replay: Replay, _ style: Style) -> String {
    guard let first = rows.first else { return "" }
    let width = max(16, rows.map(\.runner.subject.name.count).max() ?? 0)
    var page = "\n"
    var head = PaintedLine("what was reached", .strong)
    head.pad(to: width)
    for title in ["grants", "expiries", "refused"] { head.add(title, endingAt: head.width + 9, .faint) }
    head.add("  digest", .faint)
    page += head.text(style)
    for row in rows { page += line(row, width, style) }
    for row in rows {
      guard let duplicates = Quantity.duplicates(row.result.reached) else { continue }
      page += Paragraph.hanging("\(row.runner.subject.name.padded(to: width))  ", duplicates, style)
    }
    for row in rows where row.result.reached.siblings > 0 {
      let conflicts = Quantity.counted(Int(row.result.reached.siblings), "write")
      let text = "\(conflicts) kept beside what it had not seen, for a reader to merge"
      page += Paragraph.hanging("\(row.runner.subject.name.padded(to: width))  ", text, style)
    }
    for row in rows where row.runner.topology.clients >= crowd { page += pace(row, width, style) }
    let again = replay.line(algorithm: "ALGORITHM", guardName: "GUARD", seed: first.result.seed)
    return page + again.text(after: "replay a case  ", style, leadInk: .faint)
  }

  /// From how many clients on figures per second mean something.
  private static let crowd = 1_000

  /// What the store and its connections had to bear, and what became of the leases.
  private static func pace(_ row: RunRow, _ width: Int, _ style: Style) -> String {
    let reached = row.result.reached
    var facts = ["\(Quantity.grouped(reached.mostConnections)) connections opened in the busiest second"]
    if reached.transactions > 0 {
      facts.insert(
        "\(Quantity.grouped(reached.usualTransactions)) transactions a second at the store, "
          + "\(Quantity.grouped(reached.mostTransactions)) in the busiest", at: 0)
    }
    let lost = reached.leasesLost
    facts.append(lost == 0 ? "no lease lost" : Quantity.counted(lost, "lease") + " lost")
    if row.runner.scenario.load.pattern == .holdOnly, !row.result.plan.isEmpty {
      let settled = reached.settledAfter.map { "the last lock changed hands \($0.spoken) after the fault" }
      facts.append(settled ?? "no lock changed hands after the fault")
    }
    var page = ""
    for (index, fact) in facts.enumerated() {
      var line = PaintedLine((index == 0 ? row.runner.subject.name : "").padded(to: width))
      line.add("  " + fact)
      page += line.text(style)
    }
    return page
  }

  private static func line(_ row: RunRow, _ width: Int, _ style: Style) -> String {
    var line = PaintedLine(row.runner.subject.name.padded(to: width))
    let reached = row.result.reached
    for number in [reached.grants, reached.expiries, reached.rejections] {
      line.add(Quantity.grouped(number), endingAt: line.width + 9, number == 0 ? .faint : .plain)
    }
    line.add("  " + row.result.digest.text, .faint)
    return line.text(style)
  }
}
