import Contract
import Lab

/// The frame of a file of trace events, Chrome's JSON form, which Perfetto reads: runs one after another.
///
/// A process for each run, a thread for each node. Slices of a microsecond stand where messages are sent or
/// received, with an arrow from one to the other. Leases, beliefs, pauses and outages may overlap, so they
/// are asynchronous slices with names and numbers of their own. Times are true time, in exact microseconds.
/// - Source: "Trace Event Format"; Perfetto's documentation on what of it is read.
public struct PerfettoTrace: Sendable {
  /// Viewers in a browser bear a few hundred megabytes.
  public static let mostBytes = 200_000_000

  public static let header = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":["
  public static let footer = "\n]}\n"

  var runs = 0
  /// Threads named so far. Their numbers lie above those of processes, as a thread with its process's number
  /// is taken for the main one.
  var lastThread = 1_000_000
  /// The latest number of an asynchronous slice or an arrow, over the whole file; below 2^53.
  var lastID = 0
  var isEmpty = true

  public init() {}
}

/// One trace event as text.
struct PerfettoEvent {
  private var members: String

  /// - Parameter phase: the event's kind, in one letter.
  init(_ phase: String, process: Int, thread: Int? = nil, at: Instant? = nil) {
    members = "\"ph\":\"\(phase)\",\"pid\":\(process)"
    if let thread { members += ",\"tid\":\(thread)" }
    if let at { members += ",\"ts\":\(PerfettoEvent.microseconds(at.nanos))" }
  }

  func at(_ at: Instant) -> PerfettoEvent { adding("ts", PerfettoEvent.microseconds(at.nanos)) }

  func with(_ key: String, _ text: String) -> PerfettoEvent { adding(key, JSONText.quoted(text)) }
  func with(_ key: String, _ number: Int) -> PerfettoEvent { adding(key, String(number)) }
  func lasting(_ span: Nanos) -> PerfettoEvent { adding("dur", PerfettoEvent.microseconds(span.count)) }

  func with(arguments: [(key: String, value: JSONValue?)]) -> PerfettoEvent {
    adding("args", JSONText.compact(.object(arguments)))
  }

  /// A number that is the process's own: Perfetto shows what has one with its process, and not above all.
  func with(localID number: Int) -> PerfettoEvent {
    adding("id2", "{\"local\":\"0x\(String(number, radix: 16))\"}")
  }

  private func adding(_ key: String, _ json: String) -> PerfettoEvent {
    var event = self
    event.members += ",\"\(key)\":\(json)"
    return event
  }

  var text: String { "{\(members)}" }

  /// Nanoseconds as microseconds with exact decimals: 1500 is "1.5".
  static func microseconds(_ nanos: Int64) -> String { Quantity.decimal(UInt64(max(0, nanos)), places: 3) }
}
