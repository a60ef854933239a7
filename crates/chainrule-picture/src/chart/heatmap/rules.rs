//! The style rules of both kinds of heat map: surfaces and tables.

use super::super::draw as chart_drawing;

/// The rules of both kinds of heat map.
pub(crate) fn rules() -> String {
    chart_drawing::rules("heatmap") + RULES
}

const RULES: &str = "\
.cr-heatmap .cr-cells{fill:$ground;stroke:none}
.cr-heatmap path.cr-cell{shape-rendering:crispEdges}
.cr-heatmap rect.cr-cell{stroke:$grid}
.cr-heatmap .cr-above{fill:$positive}
.cr-heatmap .cr-below{fill:$negative}
.cr-heatmap .cr-missing{fill:$grid}
.cr-heatmap .cr-outline{fill:none;stroke:$axis}
.cr-heatmap .cr-under{fill:none;stroke:$ground;stroke-width:4.5px;stroke-opacity:.8;stroke-linejoin:round}
.cr-heatmap .cr-fill{fill-opacity:.9}
.cr-heatmap .cr-steps{stroke-width:5px}
.cr-heatmap .cr-start{fill:$ground}
.cr-heatmap .cr-finish{fill:$ink}
.cr-heatmap .cr-number{font-size:14px}
";
