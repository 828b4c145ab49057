//! The amount to be expected of a payment from all it has in common with earlier ones, and how far it lies above.
//!
//! Comes in: the ledger in time order. Goes out: the unexplained part of the logarithm of the amount, plain and in robust
//! deviations of its department, account and series.
//! Refuses: later rows, trust in groups of few payments, the pull of single extreme payments.
//!
//! A chain of shrunken running means: each context (account, words of the description, department, vendor, series) explains a
//! part of what the wider ones before it left over. It is an additive model fitted by backfitting (Buja, Hastie and
//! Tibshirani 1989), one pass in time order, with corrections cut as Huber's (1964) are.

use super::context::{Context, pair_ids};
use super::words::Topics;
use super::{Columns, Feature, Group};

/// The group.
pub const GROUP: Group = Group { id: "expected", label_ko: "기대 금액", build };

/// Payments that a context without a level counts for.
const PRIOR_N: f32 = 3.0;
/// Most that one payment may say about its context, in logarithm.
const STEP_MAX: f32 = 1.0;
/// Payments a context remembers.
const MEMORY: f32 = 200.0;
/// Payments the wider group counts for in a spread.
const SPREAD_PRIOR_N: f32 = 10.0;
/// Least spread: amounts within 8 % of the expected are the expected.
const SPREAD_MIN: f32 = 0.08;
/// Mean absolute deviations of a normal distribution in a standard deviation.
const SIGMA_PER_MEAN_DEVIATION: f32 = 1.2533;
/// Deviations are cut here: beyond it nothing is more unusual.
const Z_MAX: f32 = 20.0;

/// A running mean that forgets.
#[derive(Clone, Copy, Default)]
struct Mean {
    value: f32,
    n: f32,
}

impl Mean {
    /// The mean pulled to 0 where there are few payments.
    fn shrunk(self) -> f32 {
        self.value * self.n / (self.n + PRIOR_N)
    }

    /// Takes `value` in; once the mean is known, a correction counts at most [`STEP_MAX`].
    fn add(&mut self, value: f32, memory: f32) {
        self.n = (self.n + 1.0).min(memory);
        let step = value - self.value;
        self.value += if self.n > PRIOR_N { step.clamp(-STEP_MAX, STEP_MAX) } else { step } / self.n;
    }

    fn blended(self, wider: f32) -> f32 {
        (self.value * self.n + SPREAD_PRIOR_N * wider) / (self.n + SPREAD_PRIOR_N)
    }
}

fn build(context: &Context<'_>) -> Columns {
    let mut model = Model::new(context);
    let mut unexplained = vec![0.0; context.ledger.n_rows];
    let mut z = vec![0.0; context.ledger.n_rows];
    for &row in &context.time {
        let row = row as usize;
        let (over, spread, trust) = model.look(row, context.log_amount[row]);
        unexplained[row] = f64::from(over * trust);
        z[row] = f64::from((over / spread * trust).clamp(-Z_MAX, Z_MAX));
    }
    vec![
        (Feature { id: "amount_unexplained", label_ko: "기대 금액 대비 금액" }, unexplained),
        (Feature { id: "amount_unexplained_z", label_ko: "기대 금액 대비 금액 편차" }, z),
    ]
}

/// Contexts of one kind: the context of every row, and what each explains.
struct Stage {
    ids: Vec<u32>,
    means: Vec<Mean>,
    spreads: Vec<Mean>,
}

impl Stage {
    fn new(ids: Vec<u32>) -> Self {
        let n = ids.iter().map(|id| *id as usize + 1).max().unwrap_or(0);
        Self { ids, means: vec![Mean::default(); n], spreads: vec![Mean::default(); n] }
    }
}

struct Model<'a> {
    whole: Mean,
    whole_spread: Mean,
    account: Stage,
    topics: &'a Topics,
    topic_means: Vec<Mean>,
    /// Department and account, account and vendor, these with the department, series.
    narrower: [Stage; 4],
}

impl<'a> Model<'a> {
    fn new(context: &'a Context<'_>) -> Self {
        let ledger = context.ledger;
        let account = context.ids_of(&ledger.account);
        let account_vendor = pair_ids(&account, &ledger.vendor.ids);
        let narrower = [
            context.department_account.clone(),
            account_vendor,
            context.department_account_vendor.clone(),
            context.series.clone(),
        ];
        Self {
            whole: Mean::default(),
            whole_spread: Mean { value: 0.5, n: SPREAD_PRIOR_N },
            account: Stage::new(account),
            topics: &context.topics,
            topic_means: vec![Mean::default(); context.topics.n_rows.len()],
            narrower: narrower.map(Stage::new),
        }
    }

    /// How far `value` of `row` lies above the expected, the spread there, and how much of the department's account is known;
    /// then learns the row.
    fn look(&mut self, row: usize, value: f32) -> (f32, f32, f32) {
        const WHOLE_MEMORY: f32 = 2_000.0;
        let topics = self.topics.of(row);
        if self.whole.n < 1.0 {
            // Before the first payment nothing is expected; taken for zero, its whole size would be unexplained.
            self.whole.value = value;
        }
        let mut left = value - self.whole.value;
        self.whole.add(value, WHOLE_MEMORY);
        let account = self.account.ids[row] as usize;
        let of_account = left;
        left -= self.account.means[account].shrunk();
        self.account.means[account].add(of_account, MEMORY);
        let of_words = left;
        let known = topics.iter().map(|topic| self.topic_means[*topic as usize]);
        let (sum, n) =
            known.fold(
                (0.0, 0.0),
                |(sum, n), mean| if mean.n > 0.0 { (sum + mean.shrunk(), n + 1.0) } else { (sum, n) },
            );
        left -= sum / f32::max(n, 1.0);
        for topic in topics {
            self.topic_means[*topic as usize].add(of_words, MEMORY);
        }
        let n_known = self.narrower[0].means[self.narrower[0].ids[row] as usize].n;
        for stage in &mut self.narrower {
            let id = stage.ids[row] as usize;
            let of_stage = left;
            left -= stage.means[id].shrunk();
            stage.means[id].add(of_stage, MEMORY);
        }
        let spread = self.spread(row, left.abs().min(2.0));
        (left, SIGMA_PER_MEAN_DEVIATION * spread.max(SPREAD_MIN), n_known / (n_known + PRIOR_N))
    }

    /// The spread of what stays unexplained around `row`; then learns `deviation`.
    fn spread(&mut self, row: usize, deviation: f32) -> f32 {
        let memory = 5.0 * MEMORY;
        let mut spread = self.whole_spread.value;
        self.whole_spread.add(deviation, memory);
        let [pair, _, _, series] = &mut self.narrower;
        for stage in [&mut self.account, pair, series] {
            let own = &mut stage.spreads[stage.ids[row] as usize];
            spread = own.blended(spread);
            own.add(deviation, memory);
        }
        spread
    }
}
