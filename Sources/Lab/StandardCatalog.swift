import Checks
import Faults
import Guards
import Locks

extension Catalog {
  /// Everything that comes with the test bed.
  public static let standard = Catalog(
    algorithms: LockCatalog.all, guards: GuardCatalog.all, faults: FaultCatalog.all, checks: CheckCatalog.all)
}
