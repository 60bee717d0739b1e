import Checks
import Contract
import Testing

@Suite("the catalog of checks")
struct CatalogTests {
  @Test("names are those of scenario files, in the order of reports, each once")
  func names() {
    #expect(
      CheckCatalog.all.map { $0.name } == [
        "mutual-exclusion", "early-grant", "lease-kept", "token-order", "wrong-release", "stale-write",
        "lost-update", "token-ratchet", "false-reject", "progress", "reconnect-storm",
      ])
  }

  @Test("liveness alone fails no run")
  func safety() {
    let live = CheckCatalog.all.filter { !$0.isSafety }.map { $0.name }
    #expect(live == ["lease-kept", "progress", "reconnect-storm"])
  }

  @Test("each check answers one of the report's four questions, and says in a line what breaks it")
  func questions() {
    let asked = CheckCatalog.all.map { $0.question }
    #expect(
      asked == [
        .belief, .service, .service, .service, .service, .resource, .resource, .resource, .resource,
        .progress, .progress,
      ])
    #expect(CheckCatalog.all.allSatisfy { !$0.summary.isEmpty && $0.summary.count <= 100 })
  }

  @Test("a run in which nothing happens violates nothing")
  func empty() {
    #expect(History().violated(.made()) == [])
  }
}
