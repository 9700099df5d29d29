/* Trains the lesson's kind of model on one thread: Conv2D (3 x 3, one channel, relu), MaxPooling2D
 * (2 x 2), Flatten, then dense layers: relu, and softmax with cross-entropy at the end; by Adam.
 *
 * The mathematics is Keras's; what differs is where values are. They stay in registers and caches
 * between what in TensorFlow are a dozen operations, each of which reads and writes whole arrays:
 * pooling happens where the convolution's four values are, and a gradient is used by Adam where it
 * is computed and never stored. docs/performance.md measures it.
 *
 * Layout. Numbers come sixteen (AVX-512) or eight at a time, a `vec`. Everything between layers is
 * feature by feature, the images of the batch side by side: [feature][image]. Kernels of dense
 * layers come in panels of two vectors of units, [group][panel][row][PANEL], so that they are read
 * from one end to the other; the features of the first layer are grouped by filter. `compiled.py`
 * packs and unpacks. Batches are filled up to a multiple of PANEL with images whose gradient is
 * zero, and units with weights that are zero and stay so.
 *
 * Order. Which processor trains must not show in a single digit, so every sum is taken in one order
 * whatever the width of a `vec`: over rows, units or images one by one, and over the images of a
 * filter's gradient in GROUP strands. Where a product is added it is by `add_product`, rounded once;
 * the compiler is told (-ffp-contract=off) to do so nowhere else. What fills up adds zeros to those
 * strands and has no part in any other sum.
 */

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL static __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))

/* WIDE without AVX-512 is for a test: what AVX-512 computes, on a processor that lacks it. */
#if defined(__AVX512F__) || defined(WIDE)
enum { LANES = 16, TILE = 8 };
#else
enum { LANES = 8, TILE = 4 };
#endif
enum { PANEL = 2 * LANES, GROUP = 16, TAPS = 9, BIAS = 9, FILTER = 16, ALIGNMENT = 64 };

typedef float vec __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t mask __attribute__((vector_size(4 * LANES), may_alias));
typedef int8_t bytes __attribute__((vector_size(LANES), may_alias));

/* What `compiled.py` passes. All variables are in one array: for each filter its nine weights, its
 * bias and six zeros; then for each dense layer its kernel and its bias. Adam's two moments are in
 * arrays of the same layout. */
typedef struct {
    int32_t height, width, filters, dense;
    const int32_t *units; /* of each dense layer */
    float *values, *momentums, *velocities;
} Network;

typedef struct {
    double learning_rate, beta_1, beta_2, epsilon;
    int64_t iterations;
} Adam;

typedef struct {
    const uint8_t *images; /* [image][pixel] */
    const float *table;    /* what each byte becomes */
    const int32_t *labels; /* [image] */
    const int64_t *order;  /* which images, and in which order */
    int64_t count;         /* of the order */
    int32_t batch_size;
} Data;

typedef struct {
    double loss; /* the sum over all images */
    int64_t correct;
} Result;

typedef struct {
    float *value, *momentum, *velocity;
} Variable;

/* What one step of Adam multiplies by. */
typedef struct {
    float rate, rest_1, rest_2, epsilon;
} Step;

INLINE vec at(const float *place) { return *(const vec *)place; }
INLINE void put(float *place, vec value) { *(vec *)place = value; }
INLINE vec choose(mask which, vec yes, vec no) {
    return (vec)((which & (mask)yes) | (~which & (mask)no));
}
INLINE vec square_root(vec x) {
    for (int i = 0; i < LANES; i++) x[i] = __builtin_sqrtf(x[i]);
    return x;
}
INLINE vec all(float x) { return x - (vec){0}; }
INLINE vec add_product(vec total, vec x, vec y) {
#ifdef __AVX512F__
    return (vec)_mm512_fmadd_ps((__m512)x, (__m512)y, (__m512)total);
#elif defined(WIDE)
    for (int i = 0; i < LANES; i++) total[i] = __builtin_fmaf(x[i], y[i], total[i]);
    return total;
#else
    return (vec)_mm256_fmadd_ps((__m256)x, (__m256)y, (__m256)total);
#endif
}

/* Kingma & Ba (2015), at the end of section 2, as Keras computes it. */
INLINE void adam(Variable x, size_t place, vec gradient, Step step) {
    vec momentum = at(x.momentum + place), velocity = at(x.velocity + place);
    momentum = add_product(momentum, gradient - momentum, all(step.rest_1));
    velocity = add_product(velocity, add_product(-velocity, gradient, gradient), all(step.rest_2));
    put(x.momentum + place, momentum);
    put(x.velocity + place, velocity);
    put(x.value + place,
        at(x.value + place) - step.rate * momentum / (square_root(velocity) + step.epsilon));
}

/* The convolution at one of the four places that are pooled; `seen` is what all four see. */
INLINE vec taps(vec seen[4][4], const float *filter, int q) {
    vec total = {0};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            total = add_product(total, seen[q / 2 + i][q % 2 + j], all(filter[3 * i + j]));
    return total;
}

/* Convolve, add the bias, keep the largest of each four and what of it is positive. `from` says
 * which of the four it was, or 4 if the activation let nothing through. */
KERNEL void convolution(float *features, int8_t *from, const float *pixels, const float *filter,
                     int height, int width, int batch) {
    int stride = width * PANEL;
    for (int block = 0; block < batch; block += PANEL, pixels += height * stride) {
        float *feature = features + block;
        int8_t *chosen = from + block;
        for (int y = 0; y + 4 <= height; y += 2)
            for (int x = 0; x + 4 <= width; x += 2, feature += batch, chosen += batch)
                for (int b = 0; b < PANEL; b += LANES) {
                    vec seen[4][4];
                    for (int i = 0; i < 4; i++)
                        for (int j = 0; j < 4; j++)
                            seen[i][j] = at(pixels + (y + i) * stride + (x + j) * PANEL + b);
                    vec largest = taps(seen, filter, 0);
                    mask which = {0};
                    for (int q = 1; q < 4; q++) {
                        vec value = taps(seen, filter, q);
                        mask larger = value > largest;
                        largest = choose(larger, value, largest);
                        which = (larger & q) | (~larger & which);
                    }
                    largest += filter[BIAS];
                    mask dead = largest <= 0;
                    put(feature + b, choose(dead, (vec){0}, largest));
                    *(bytes *)(chosen + b) =
                        __builtin_convertvector((dead & 4) | (~dead & which), bytes);
                }
    }
}

/* The gradient of a filter and its bias, from that of its features: image by image of each strand,
 * the images whose numbers are alike modulo GROUP, and then strand by strand. */
KERNEL void convolution_back(float *gradient, const float *of_features, const int8_t *from,
                          const float *pixels, int height, int width, int batch) {
    float strands[TAPS + 1][GROUP] __attribute__((aligned(ALIGNMENT)));
    int stride = width * PANEL;
    for (int strand = 0; strand < GROUP; strand += LANES) {
        vec of_taps[TAPS] = {{0}}, of_bias = {0};
        for (int b = strand; b < batch; b += GROUP) {
            const float *outer = of_features + b;
            const int8_t *chosen = from + b;
            const float *pixel = pixels + (size_t)(b / PANEL) * height * stride + b % PANEL;
            for (int y = 0; y + 4 <= height; y += 2)
                for (int x = 0; x + 4 <= width; x += 2, outer += batch, chosen += batch) {
                    mask which = __builtin_convertvector(*(const bytes *)chosen, mask);
                    vec of[4], seen[4][4];
                    for (int i = 0; i < 4; i++)
                        for (int j = 0; j < 4; j++)
                            seen[i][j] = at(pixel + (y + i) * stride + (x + j) * PANEL);
                    for (int q = 0; q < 4; q++) of[q] = choose(which == q, at(outer), (vec){0});
                    of_bias += (of[0] + of[1]) + (of[2] + of[3]);
                    for (int q = 0; q < 4; q++)
                        for (int i = 0; i < 3; i++)
                            for (int j = 0; j < 3; j++)
                                of_taps[3 * i + j] = add_product(of_taps[3 * i + j], of[q],
                                                                 seen[q / 2 + i][q % 2 + j]);
                }
        }
        for (int i = 0; i < TAPS; i++) put(strands[i] + strand, of_taps[i]);
        put(strands[BIAS] + strand, of_bias);
    }
    for (int i = 0; i <= BIAS; i++) {
        gradient[i] = 0;
        for (int strand = 0; strand < GROUP; strand++) gradient[i] += strands[i][strand];
    }
}

/* outputs [panel][image][PANEL] += features [row][image], transposed, times kernel
 * [panel][row][PANEL]. */
KERNEL void multiply(float *outputs, const float *features, const float *kernel, int rows,
                     int panels, int batch) {
    enum { IMAGES = TILE, BLOCK = 64 };
    for (int first = 0; first < rows; first += BLOCK) {
        int count = rows - first < BLOCK ? rows - first : BLOCK;
        for (int p = 0; p < panels; p++)
            for (int b = 0; b < batch; b += IMAGES) {
                float *out = outputs + ((size_t)p * batch + b) * PANEL;
                const float *feature = features + (size_t)first * batch + b;
                const float *weight = kernel + ((size_t)p * rows + first) * PANEL;
                vec total[IMAGES][2];
                for (int i = 0; i < IMAGES; i++)
                    for (int j = 0; j < 2; j++) total[i][j] = at(out + i * PANEL + j * LANES);
                for (int row = 0; row < count; row++, feature += batch, weight += PANEL)
                    for (int i = 0; i < IMAGES; i++)
                        for (int j = 0; j < 2; j++)
                            total[i][j] =
                                add_product(total[i][j], all(feature[i]), at(weight + j * LANES));
                for (int i = 0; i < IMAGES; i++)
                    for (int j = 0; j < 2; j++) put(out + i * PANEL + j * LANES, total[i][j]);
            }
    }
}

INLINE void rows_back(float *of_features, const float *outer, const float *kernel, int count,
                      int rows, int units, int batch) {
    vec total[TILE][2] = {{{0}}};
    for (; units > 0; units -= PANEL, kernel += (size_t)rows * PANEL)
        for (int u = 0; u < PANEL && u < units; u++, outer += batch)
            for (int i = 0; i < count; i++)
                for (int j = 0; j < 2; j++)
                    total[i][j] = add_product(total[i][j], all(kernel[i * PANEL + u]),
                                              at(outer + j * LANES));
    for (int i = 0; i < count; i++)
        for (int j = 0; j < 2; j++) put(of_features + (size_t)i * batch + j * LANES, total[i][j]);
}

/* of_features [row][image] = kernel [panel][row][PANEL] times outer [unit][image]. */
KERNEL void multiply_back(float *of_features, const float *outer, const float *kernel, int rows,
                          int units, int batch) {
    for (int b = 0; b < batch; b += PANEL) {
        int row = 0;
        for (; row + TILE <= rows; row += TILE)
            rows_back(of_features + (size_t)row * batch + b, outer + b, kernel + row * PANEL, TILE,
                      rows, units, batch);
        for (; row < rows; row++)
            rows_back(of_features + (size_t)row * batch + b, outer + b, kernel + row * PANEL, 1,
                      rows, units, batch);
    }
}

INLINE void rows_update(Variable kernel, size_t place, const float *features, const float *outer,
                        int count, int images, int batch, Step step) {
    vec gradient[TILE][2] = {{{0}}};
    for (int b = 0; b < images; b++, features++, outer += PANEL) {
        /* Compute while the next rows come from memory: they take about as long. */
        size_t next = place + (size_t)(count + b / 2) * PANEL + b % 2 * LANES;
        if (b < 2 * count) {
            __builtin_prefetch(kernel.momentum + next, 1);
            __builtin_prefetch(kernel.velocity + next, 1);
        }
        for (int i = 0; i < count; i++)
            for (int j = 0; j < 2; j++)
                gradient[i][j] = add_product(gradient[i][j], all(features[(size_t)i * batch]),
                                             at(outer + j * LANES));
    }
    for (int i = 0; i < count; i++)
        for (int j = 0; j < 2; j++)
            adam(kernel, place + i * PANEL + j * LANES, gradient[i][j], step);
}

/* Update kernel [panel][row][PANEL] by the gradient, features [row][image] times outer
 * [panel][image][PANEL], some rows of it at a time. */
KERNEL void update(Variable kernel, size_t place, const float *features, const float *outer,
                   int rows, int panels, int images, int batch, Step step) {
    for (int p = 0; p < panels;
         p++, place += (size_t)rows * PANEL, outer += (size_t)batch * PANEL) {
        int row = 0;
        for (; row + TILE <= rows; row += TILE)
            rows_update(kernel, place + row * PANEL, features + (size_t)row * batch, outer, TILE,
                        images, batch, step);
        for (; row < rows; row++)
            rows_update(kernel, place + row * PANEL, features + (size_t)row * batch, outer, 1,
                        images, batch, step);
    }
}

/* Update a variable of `count` values, a multiple of sixteen, by a gradient that is stored. */
KERNEL void update_all(Variable x, const float *gradient, int count, Step step) {
    for (int i = 0; i < count; i += LANES) adam(x, i, at(gradient + i), step);
}

typedef struct {
    int groups, rows, units, panels;
    Variable kernel, bias;
    /* What comes out, and later its gradient: [panel][image][PANEL], and [unit][image]. */
    float *outputs, *by_unit;
} Dense;

/* The network with room for what a step computes. `of_` is for "gradient of". */
typedef struct {
    int height, width, filter_count, dense_count;
    int images, batch; /* what a batch has, and has after it is filled up */
    Variable filters;
    Dense *dense;
    float *pixels, *features, *of_features, *of_filters, *of_bias;
    int8_t *from;
} Model;

static void *room(size_t count, size_t size, int *failed) {
    size_t whole = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *place = aligned_alloc(ALIGNMENT, whole);
    if (place)
        memset(place, 0, whole);
    else
        *failed = 1;
    return place;
}

static int whole_panels(int count) { return (count + PANEL - 1) / PANEL * PANEL; }

static Variable next(Variable *rest, size_t count) {
    Variable first = *rest;
    *rest = (Variable){rest->value + count, rest->momentum + count, rest->velocity + count};
    return first;
}

static void leave(Model *m) {
    for (int i = 0; m->dense && i < m->dense_count; i++)
        free(m->dense[i].outputs), free(m->dense[i].by_unit);
    free(m->dense), free(m->pixels), free(m->features), free(m->of_features);
    free(m->of_filters), free(m->of_bias), free(m->from);
}

/* Returns whether there was too little memory. */
static int enter(Model *m, const Network *net, int batch) {
    int failed = 0, rows = (net->height - 2) / 2 * ((net->width - 2) / 2), most = rows;
    Variable rest = {net->values, net->momentums, net->velocities};
    *m = (Model){.height = net->height,
                 .width = net->width,
                 .filter_count = net->filters,
                 .dense_count = net->dense,
                 .batch = batch};
    m->filters = next(&rest, (size_t)net->filters * FILTER);
    m->dense = room(net->dense, sizeof(Dense), &failed);
    for (int i = 0; i < net->dense && !failed; i++) {
        int panels = whole_panels(net->units[i]) / PANEL;
        Dense *layer = &m->dense[i];
        *layer = (Dense){.groups = i ? 1 : net->filters,
                         .rows = i ? net->units[i - 1] : rows,
                         .units = net->units[i],
                         .panels = panels};
        layer->kernel = next(&rest, (size_t)layer->groups * panels * layer->rows * PANEL);
        layer->bias = next(&rest, (size_t)panels * PANEL);
        layer->outputs = room((size_t)panels * PANEL * batch, sizeof(float), &failed);
        layer->by_unit = room((size_t)panels * PANEL * batch, sizeof(float), &failed);
        if (panels * PANEL > most) most = panels * PANEL;
    }
    m->pixels = room((size_t)net->height * net->width * batch, sizeof(float), &failed);
    m->features = room((size_t)net->filters * rows * batch, sizeof(float), &failed);
    m->from = room((size_t)net->filters * rows * batch, 1, &failed);
    /* Of one group, or of all units of a layer between. */
    m->of_features = room((size_t)most * batch, sizeof(float), &failed);
    m->of_filters = room((size_t)net->filters * FILTER, sizeof(float), &failed);
    m->of_bias = room(most, sizeof(float), &failed);
    return failed;
}

/* Between [panel][image][PANEL] and [unit][image]. */
KERNEL void by_unit(float *restrict to, const float *restrict outputs, int panels, int batch) {
    for (int p = 0; p < panels; p++)
        for (int b = 0; b < batch; b++)
            for (int u = 0; u < PANEL; u++)
                to[((size_t)p * PANEL + u) * batch + b] =
                    outputs[((size_t)p * batch + b) * PANEL + u];
}

KERNEL void by_panel(float *restrict outputs, const float *restrict from, int units, int panels,
                     int batch) {
    for (int p = 0; p < panels; p++)
        for (int b = 0; b < batch; b++)
            for (int u = 0; u < PANEL; u++)
                outputs[((size_t)p * batch + b) * PANEL + u] =
                    p * PANEL + u < units ? from[((size_t)p * PANEL + u) * batch + b] : 0;
}

KERNEL void set_bias(float *outputs, const float *bias, int panels, int batch) {
    for (int p = 0; p < panels; p++)
        for (int b = 0; b < batch; b++)
            for (int u = 0; u < PANEL; u += LANES)
                put(outputs + ((size_t)p * batch + b) * PANEL + u, at(bias + p * PANEL + u));
}

KERNEL void relu(float *values, size_t count) {
    for (size_t i = 0; i < count; i += LANES) {
        vec value = at(values + i);
        put(values + i, choose(value <= 0, (vec){0}, value));
    }
}

/* Let the gradient through where the activation let the value through. */
KERNEL void relu_back(float *gradient, const float *values, size_t count) {
    for (size_t i = 0; i < count; i += LANES)
        put(gradient + i, choose(at(values + i) <= 0, (vec){0}, at(gradient + i)));
}

/* Turn logits into the gradient of the mean cross-entropy. The first `count` of a batch are images;
 * what fills it up gets no gradient. */
static void cross_entropy(Dense *last, const Data *data, const int64_t *order, int count, int batch,
                          Result *result) {
#define LOGIT(u) last->outputs[((size_t)((u) / PANEL) * batch + b) * PANEL + (u) % PANEL]
    for (int b = count; b < batch; b++)
        for (int u = 0; u < last->units; u++) LOGIT(u) = 0;
    for (int b = 0; b < count; b++) {
        int label = data->labels[order[b]], best = 0;
        float largest = LOGIT(0), total = 0;
        for (int u = 1; u < last->units; u++)
            if (LOGIT(u) > largest) largest = LOGIT(u);
        float of_label = LOGIT(label) - largest;
        for (int u = 0; u < last->units; u++) total += LOGIT(u) = expf(LOGIT(u) - largest);
        /* The answer is the first largest probability, and not logit: unlike logits may have the
         * same, and do in a network that is dead. */
        for (int u = 0; u < last->units; u++) {
            LOGIT(u) /= total;
            if (LOGIT(u) > LOGIT(best)) best = u;
        }
        for (int u = 0; u < last->units; u++) LOGIT(u) = (LOGIT(u) - (u == label)) / count;
        result->loss += logf(total) - of_label;
        result->correct += best == label;
    }
#undef LOGIT
}

static void forward(Model *m) {
    for (int i = 0; i < m->dense_count; i++) {
        Dense *layer = &m->dense[i];
        set_bias(layer->outputs, layer->bias.value, layer->panels, m->batch);
        for (int g = 0; g < layer->groups; g++) {
            size_t place = (size_t)g * layer->rows * m->batch;
            if (!i)
                convolution(m->features + place, m->from + place, m->pixels,
                         m->filters.value + g * FILTER, m->height, m->width, m->batch);
            multiply(layer->outputs, i ? layer[-1].by_unit : m->features + place,
                     layer->kernel.value + (size_t)g * layer->panels * layer->rows * PANEL,
                     layer->rows, layer->panels, m->batch);
        }
        if (i + 1 < m->dense_count) {
            relu(layer->outputs, (size_t)layer->panels * PANEL * m->batch);
            by_unit(layer->by_unit, layer->outputs, layer->panels, m->batch);
        }
    }
}

/* Goes back from the gradient in the last outputs, and updates each layer on the way. */
static void backward(Model *m, Step step) {
    for (int i = m->dense_count - 1; i >= 0; i--) {
        Dense *layer = &m->dense[i];
        /* From here on the place of this layer's values holds their gradient. */
        by_unit(layer->by_unit, layer->outputs, layer->panels, m->batch);
        for (int u = 0; u < layer->panels * PANEL; u++) {
            m->of_bias[u] = 0;
            for (int b = 0; b < m->images; b++)
                m->of_bias[u] += layer->by_unit[(size_t)u * m->batch + b];
        }
        for (int g = 0; g < layer->groups; g++) {
            size_t weights = (size_t)g * layer->panels * layer->rows * PANEL;
            size_t place = (size_t)g * layer->rows * m->batch;
            multiply_back(m->of_features, layer->by_unit, layer->kernel.value + weights,
                          layer->rows, layer->units, m->batch);
            if (!i)
                convolution_back(m->of_filters + g * FILTER, m->of_features, m->from + place,
                              m->pixels, m->height, m->width, m->batch);
            update(layer->kernel, weights, i ? layer[-1].by_unit : m->features + place,
                   layer->outputs, layer->rows, layer->panels, m->images, m->batch, step);
        }
        update_all(layer->bias, m->of_bias, layer->panels * PANEL, step);
        if (i) {
            relu_back(m->of_features, layer[-1].by_unit, (size_t)layer->rows * m->batch);
            by_panel(layer[-1].outputs, m->of_features, layer->rows, layer[-1].panels, m->batch);
        }
    }
    update_all(m->filters, m->of_filters, m->filter_count * FILTER, step);
}

static void gather(Model *m, const Data *data, const int64_t *order, int count) {
    size_t size = (size_t)m->height * m->width;
    for (int b = 0; b < count; b++)
        for (size_t i = 0; i < size; i++)
            m->pixels[((size_t)(b / PANEL) * size + i) * PANEL + b % PANEL] =
                data->table[data->images[(size_t)order[b] * size + i]];
}

/* Train batch by batch. That shapes, labels, the order and the table of 256 values fit each other
 * is the caller's to know; nothing is checked here. Returns 0, or 1 if there was too little memory,
 * and then nothing has changed. */
int train(const Network *net, const Adam *adam, const Data *data, Result *result) {
    Model m;
    int64_t most = data->count < data->batch_size ? data->count : data->batch_size;
    if (enter(&m, net, whole_panels((int)most))) {
        leave(&m);
        return 1;
    }
    /* As TensorFlow does: numbers that are nearly zero are zero, or moments that fade take ages. */
    unsigned int before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
    float time = (float)adam->iterations;
    for (int64_t first = 0; first < data->count; first += data->batch_size) {
        int64_t left = data->count - first;
        int count = left < data->batch_size ? (int)left : data->batch_size;
        m.images = count;
        m.batch = whole_panels(count);
        gather(&m, data, data->order + first, count);
        forward(&m);
        cross_entropy(&m.dense[m.dense_count - 1], data, data->order + first, count, m.batch,
                      result);
        time++;
        backward(&m, (Step){
                         .rate = (float)adam->learning_rate *
                                 sqrtf(1 - powf((float)adam->beta_2, time)) /
                                 (1 - powf((float)adam->beta_1, time)),
                         .rest_1 = (float)(1 - adam->beta_1),
                         .rest_2 = (float)(1 - adam->beta_2),
                         .epsilon = (float)adam->epsilon,
                     });
    }
    _mm_setcsr(before);
    leave(&m);
    return 0;
}

/* How many units a panel has here, or 0 where this processor cannot run this library. */
int panel(void) {
#ifdef __AVX512F__
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
               ? PANEL
               : 0;
#else
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? PANEL : 0;
#endif
}
