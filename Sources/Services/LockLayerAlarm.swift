import Contract

// The alarm of a lock layer's client: what falls due when, and what is done then.
extension LockLayerClient {
  /// When the lease asks for something next.
  ///
  /// A refresh falls due one interval after the last lease request was sent, answered or not.
  var leaseMoment: LocalTime? {
    switch leasePhase {
    case .creating, .refreshing: return leaseSent + terms.requestTimeout
    case .alive where !isFinished && !awaitsReconnection: return refresh.map { leaseSent + $0 }
    case .alive, .none: return nil
    }
  }

  /// When patience with a claim's request ends; nil where none is under way.
  func patienceEnds(_ claim: Claim) -> LocalTime? {
    claim.phase == .asking || claim.phase == .releasing ? claim.sent + terms.requestTimeout : nil
  }

  mutating func setAlarm(_ moment: LocalTime, _ turn: inout Turn) {
    if let alarm, alarm <= moment { return }
    alarm = moment
    turn.set(Timer.alarm, after: max(moment - turn.now.monotonic, .zero))
  }

  mutating func alarmRang(_ turn: inout Turn) {
    alarm = nil
    let now = turn.now.monotonic
    if let leaseMoment, leaseMoment <= now {
      if leasePhase == .alive { refreshLease(&turn) } else { leaseTimedOut(&turn) }
    }
    if let patience, patience <= now { losePatience(&turn) }
    setAlarmForAll(&turn)
  }

  /// Looks at every claim, which an alarm for the lease alone need not.
  mutating func losePatience(_ turn: inout Turn) {
    patience = nil
    for index in claims.indices {
      guard let end = patienceEnds(claims[index]) else { continue }
      if end <= turn.now.monotonic {
        lockTimedOut(index, &turn)
      } else {
        patience = min(patience ?? end, end)
      }
    }
  }

  mutating func setAlarmForAll(_ turn: inout Turn) {
    if let leaseMoment { setAlarm(leaseMoment, &turn) }
    if let patience { setAlarm(patience, &turn) }
  }

  mutating func resetAlarm(_ turn: inout Turn) {
    alarm = nil
    turn.cancel(Timer.alarm)
    setAlarmForAll(&turn)
  }
}
