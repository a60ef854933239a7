//! The judgement as pictures.

use chainrule_picture::{Bars, Chart, Color, Picture, confusion_matrix};

use crate::{
    judge::{Judgement, TargetJudgement},
    judgement::ClassCurves,
    metrics::figure_of,
};

/// The most columns and curves that are drawn.
const MOST_COLUMNS: usize = 20;
const MOST_CURVES: usize = 7;
/// The most targets that are drawn each by itself.
const MOST_TARGETS: usize = 12;

impl Judgement {
    /// Every picture that there is, of the first of many targets, in the order in which one would look at them.
    pub fn pictures(&self) -> Vec<Picture> {
        let all = [
            self.confusion_picture(),
            self.roc_picture(),
            self.precision_recall_picture(),
            self.calibration_picture(),
            self.predicted_and_actual_picture(),
            self.residuals_picture(),
        ];
        let of_targets = self
            .targets
            .iter()
            .take(MOST_TARGETS)
            .flat_map(TargetJudgement::pictures);
        let importance = self.importance_picture();
        all.into_iter().flatten().chain(of_targets).chain(importance).collect()
    }

    /// Which class was taken for which; nothing for regression.
    pub fn confusion_picture(&self) -> Option<Picture> {
        let confusion = self.confusion.as_ref()?;
        Some(confusion_matrix(&confusion.classes, &confusion.counts).picture())
    }

    /// The ROC curves with the areas under them; nothing where no class has one.
    pub fn roc_picture(&self) -> Option<Picture> {
        let chart = Chart::new("ROC: what is found, and what is taken for it")
            .x_label("false positive rate: share of the others taken for the class")
            .y_label("true positive rate: share of the class that is found")
            .line("guessing", &[0.0, 1.0], &[0.0, 1.0])
            .color(Color::Gray);
        self.curves(chart, |curves| &curves.roc, "area")
    }

    /// The precision-recall curves with the average precision; nothing where no class has one.
    pub fn precision_recall_picture(&self) -> Option<Picture> {
        let chart = Chart::new("Precision and recall")
            .x_label("recall: share of the class that is found")
            .y_label("precision: share of what is taken for the class that is of it");
        self.curves(chart, |curves| &curves.precision_recall, "average precision")
    }

    fn curves(&self, chart: Chart, points: fn(&ClassCurves) -> &Vec<[f64; 2]>, area: &str) -> Option<Picture> {
        if self.curves.is_empty() {
            return None;
        }
        let mut chart = chart.x_range(0.0, 1.0).y_range(0.0, 1.02).size(560.0, 460.0);
        for (place, curves) in self.curves.iter().take(MOST_CURVES).enumerate() {
            let figures = self.classes.iter().find(|figures| figures.class == curves.class);
            let figure = figures.and_then(|figures| match area {
                "area" => figures.roc_auc,
                _ => figures.average_precision,
            });
            let figure = figure.map_or(String::new(), |x| {
                format!(", {area} {}", chainrule_picture::number::brief(x))
            });
            let (xs, ys) = halves(points(curves));
            let color = Color::ALL[place % MOST_CURVES];
            chart = chart.line(format!("{}{figure}", curves.class), &xs, &ys).color(color);
        }
        Some(chart.picture())
    }

    /// What came true over what was predicted; nothing for regression.
    pub fn calibration_picture(&self) -> Option<Picture> {
        let calibration = self.calibration.as_ref()?;
        let predicted: Vec<f64> = calibration.bins.iter().map(|bin| bin.predicted).collect();
        let observed: Vec<f64> = calibration.bins.iter().map(|bin| bin.observed).collect();
        let of = match &calibration.class {
            Some(class) => format!("probability of {class}"),
            None => "probability of the most likely class".to_string(),
        };
        let chart = Chart::new("Calibration: what came true of what was predicted")
            .x_label(format!("{of}, mean of about the same ones"))
            .y_label("share that came true")
            .line("as predicted", &[0.0, 1.0], &[0.0, 1.0])
            .color(Color::Gray)
            .line("", &predicted, &observed)
            .color(Color::Blue)
            .scatter("this model", &predicted, &observed)
            .color(Color::Blue);
        Some(
            chart
                .x_range(0.0, 1.0)
                .y_range(-0.02, 1.02)
                .size(560.0, 460.0)
                .picture(),
        )
    }

    /// The truth over the prediction; nothing for classification, or for several targets, which have their own.
    pub fn predicted_and_actual_picture(&self) -> Option<Picture> {
        predicted_and_actual(&self.answers, "")
    }

    /// The residuals, truth less prediction, over the prediction; nothing for classification, or for several targets.
    pub fn residuals_picture(&self) -> Option<Picture> {
        residuals(&self.answers, "")
    }

    /// How much each column matters, what matters most at the top; nothing where that was not measured.
    pub fn importance_picture(&self) -> Option<Picture> {
        let importance = self.importance.as_ref()?;
        let label = format!(
            "fall of {} when the cells of the column change places",
            figure_of(&importance.figure, self.targets.len())
        );
        let bars = Bars::new("What the model needs").value_label(label);
        let columns = importance.columns.iter().take(MOST_COLUMNS);
        let bars = columns.fold(bars, |bars, column| {
            bars.bar(&column.column, column.mean, column.spread)
        });
        Some(bars.picture())
    }
}

impl TargetJudgement {
    /// Every picture there is of this target: the truth over the prediction, and the residuals.
    pub fn pictures(&self) -> Vec<Picture> {
        let all = [self.predicted_and_actual_picture(), self.residuals_picture()];
        all.into_iter().flatten().collect()
    }

    /// The truth over the prediction.
    pub fn predicted_and_actual_picture(&self) -> Option<Picture> {
        predicted_and_actual(&self.answers, &format!(" {}", self.name))
    }

    /// The residuals, truth less prediction, over the prediction.
    pub fn residuals_picture(&self) -> Option<Picture> {
        residuals(&self.answers, &format!(" of {}", self.name))
    }
}

fn predicted_and_actual(answers: &[[f64; 2]], of: &str) -> Option<Picture> {
    let (predicted, actual) = halves(answers);
    let all = || predicted.iter().chain(&actual).copied();
    let ends = [
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    ];
    (!predicted.is_empty()).then(|| {
        let chart = Chart::new(format!("Predicted and actual{of}"))
            .x_label("predicted")
            .y_label("actual")
            .line("as predicted", &ends, &ends)
            .color(Color::Gray)
            .scatter("test rows", &predicted, &actual)
            .color(Color::Blue);
        chart.picture()
    })
}

fn residuals(answers: &[[f64; 2]], of: &str) -> Option<Picture> {
    let (predicted, actual) = halves(answers);
    let residuals: Vec<f64> = predicted.iter().zip(&actual).map(|(p, y)| y - p).collect();
    let low = predicted.iter().copied().fold(f64::INFINITY, f64::min);
    let high = predicted.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (!predicted.is_empty()).then(|| {
        let chart = Chart::new(format!("Residuals{of}: how far off each prediction is"))
            .x_label("predicted")
            .y_label("actual − predicted")
            .line("none", &[low, high], &[0.0, 0.0])
            .color(Color::Gray)
            .scatter("test rows", &predicted, &residuals)
            .color(Color::Blue);
        chart.picture()
    })
}

fn halves(pairs: &[[f64; 2]]) -> (Vec<f64>, Vec<f64>) {
    pairs.iter().map(|pair| (pair[0], pair[1])).unzip()
}
