/// Colours, patterns and signs that all figures of a page share, and the legend that names them.
///
/// Colours follow Okabe and Ito, which colour-blind readers tell apart; each also has a shape or a pattern.
enum FigureStyle {
  static let css = """
    .st{display:block;width:100%;height:auto;font:11px "Helvetica Neue",Arial,"DejaVu Sans",sans-serif;
    fill:var(--ink)}
    .st text{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
    .st .h{font-size:13px;font-weight:700}
    .st .t,.st .f,.st .i{font-size:10px}
    .st .f{fill:var(--faint)}
    .st .i{fill:var(--bg);stroke:var(--lease)}
    .st .ib{stroke:var(--belief)}
    .st .io{stroke:var(--bad)}
    .st .s{font-weight:700}
    .st .w{fill:var(--bad);font-weight:700}
    .st a circle{fill:var(--ink)}
    .st .n{fill:var(--bg);stroke:none;font-weight:700;font-size:10px;text-anchor:middle}
    .st a:hover circle,.st a:focus circle,.st a:target circle{fill:var(--bad)}
    .st a:focus{outline:2px solid var(--belief);outline-offset:2px}
    .g,.l,.ld,.bk,.wa,.aa path,.ar,.ah,.al,.x{fill:none}
    .g{stroke:var(--line);stroke-width:.6;stroke-dasharray:1 4}
    .l{stroke:var(--line);stroke-width:1}
    .ld{stroke:var(--faint);stroke-width:.7}
    .bg{stroke:var(--bg);stroke-width:4}
    .bk{stroke:var(--faint);stroke-width:.9}
    .le{fill:var(--lease)}
    .be{fill:var(--belief)}
    .bo{fill:url(#st-both)}
    .v{fill:url(#st-band)}
    .pa{fill:url(#st-hatch);stroke:var(--faint);stroke-width:.8}
    .do{fill:none;stroke:var(--ink);stroke-dasharray:3 2}
    .fa{fill:url(#st-fault);stroke:var(--warn);stroke-width:.8}
    .wa{stroke:var(--faint);stroke-width:2;stroke-dasharray:2 3}
    .aa path,.ar{stroke:var(--ink);stroke-width:1.1;marker-end:url(#st-a)}
    .ah{stroke:var(--bad);stroke-width:2.2;marker-end:url(#st-h)}
    .al{stroke:var(--warn);stroke-width:1.3;stroke-dasharray:5 3}
    .x{stroke:var(--bad);stroke-width:2.4}
    .md{fill:var(--ink);stroke:var(--bg);stroke-width:.8}
    .mo{fill:var(--bg);stroke:var(--ink);stroke-width:1.5}
    .mr{fill:var(--bg);stroke:var(--lease);stroke-width:2.2}
    .mh{fill:var(--bad);stroke:var(--bg)}
    .mi{fill:var(--faint)}
    .both{fill:var(--bad)}

    """

  /// Once on each page, before the first figure.
  static let definitions =
    "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">\(marks)</svg>\n"

  /// The patterns and arrowheads themselves.
  static let marks = """
    <defs>\
    <pattern id="st-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
    <path d="M0 0V7" style="stroke:var(--ink);stroke-width:2.4;stroke-opacity:.55"/></pattern>\
    <pattern id="st-both" width="8" height="8" patternUnits="userSpaceOnUse">\
    <rect width="8" height="8" style="fill:var(--bad)"/>\
    <path d="M0 0L8 8M8 0L0 8" style="stroke:var(--bg);stroke-width:1;stroke-opacity:.7"/></pattern>\
    <pattern id="st-band" width="8" height="8" patternUnits="userSpaceOnUse">\
    <rect width="8" height="8" style="fill:var(--bad);fill-opacity:.10"/>\
    <path d="M0 0L8 8M8 0L0 8" style="stroke:var(--bad);stroke-width:.7;stroke-opacity:.35"/></pattern>\
    <pattern id="st-fault" width="6" height="6" patternUnits="userSpaceOnUse">\
    <circle cx="3" cy="3" r="1.5" style="fill:var(--warn)"/></pattern>\
    <marker id="st-a" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
    <path d="M0 0L8 4L0 8z" style="fill:var(--ink)"/></marker>\
    <marker id="st-h" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="5" markerHeight="5" orient="auto">\
    <path d="M0 0L8 4L0 8z" style="fill:var(--bad)"/></marker></defs>
    """

  /// What the signs mean, once on each page.
  static func legend() -> String {
    let rows = [
      (
        "<rect class=\"le\" y=\"3\" width=\"32\" height=\"10\"/>",
        "lease: the lock service honours the client's grant"
      ),
      (
        "<rect class=\"be\" y=\"2\" width=\"32\" height=\"12\"/>",
        "the client believes that it holds the lock"
      ),
      ("<rect class=\"bo\" y=\"2\" width=\"32\" height=\"12\"/>", "two clients believe it at once"),
      ("<rect class=\"pa\" y=\"1\" width=\"32\" height=\"14\"/>", "stopped: nothing executes, messages wait"),
      ("<rect class=\"fa\" y=\"5\" width=\"32\" height=\"6\"/>", "a fault in force"),
      ("<g class=\"aa\"><path d=\"M0 14L28 3\"/></g>", "message, from sending to handling"),
      (
        "<path class=\"al\" d=\"M0 14L20 6\"/><path class=\"x\" d=\"M16 2l8 8m0-8l-8 8\"/>",
        "message lost (on a lane: the process crashes)"
      ),
      ("<path class=\"md\" d=\"\(DiagramSVG.circle(16, 8, 5))\"/>", "grant, with its token"),
      ("<path class=\"mo\" d=\"\(DiagramSVG.circle(16, 8, 5))\"/>", "the lease expires at the service"),
      (
        "<path class=\"mo\" d=\"\(DiagramSVG.sign(.read, 8, 8))\"/>"
          + "<path class=\"md\" d=\"\(DiagramSVG.sign(.write, 24, 8))\"/>",
        "read, write applied; v is the version"
      ),
      ("<path class=\"mr\" d=\"\(DiagramSVG.sign(.refused, 16, 8))\"/>", "access refused by the guard"),
      ("<path class=\"mh\" d=\"\(DiagramSVG.sign(.harm, 16, 9))\"/>", "what should not have happened"),
      (
        "<path class=\"bk\" d=\"M14 1L12 15M20 1L18 15\"/>",
        "time squeezed; elsewhere, too, time is not to scale"
      ),
    ]
    let items = rows.map { sign, words in
      "<li><svg class=\"st\" width=\"32\" height=\"16\" aria-hidden=\"true\">\(sign)</svg>\(words)</li>"
    }
    return "<ul class=\"legend\" aria-label=\"Signs of the figures\">\(items.joined())</ul>\n"
  }
}
