import Contract

extension Scene {
  /// One lever that disturbs the whole service; none where the case has no service.
  func disturb(
    _ disturbance: Disturbance, _ first: Int64 = 0, _ second: Int64 = 0, lasts: Nanos? = nil
  ) -> [Lever] {
    let services = topology.indices(.service).map { NodeID($0) }
    guard !services.isEmpty else { return [] }
    return [Lever(.disturb(disturbance, first, second), nodes: services, lasts: lasts)]
  }
}
