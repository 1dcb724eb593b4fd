/* fft_passes.h - the passes of a Fourier transform, compiled for one type: fft.c includes this file
 * with `vec` a vector of a block's numbers or a single one, `real` the number, WIDTH how many vecs
 * are side by side, and NAME() what makes the names different.
 *
 * Stockham's transform, which sorts by itself (Swarztrauber: "FFT algorithms for vector computers",
 * Parallel Computing 1, 1984; Temperton: "Self-sorting mixed-radix fast Fourier transforms", J.
 * Comput. Phys. 52, 1983). A pass of radix r over what is left, r m elements, `s` side by side:
 *
 *   y[(p r + j) s + q] = w^(p j) sum_i x[(p + m i) s + q] exp(-2 pi i i j / r),  w = exp(-2 pi i /
 *   (r m)),  p < m, j < r, q < s
 */

/* Stores the j-th sum, turned by its twiddle; in the last pass there is none. */
MAH_FFT_INLINE void NAME(turn)(vec *yr, vec *yi, vec r, vec i, const real *w, int last) {
  if (last) {
    *yr = r;
    *yi = i;
    return;
  }
  *yr = r * w[0] - i * w[1];
  *yi = r * w[1] + i * w[0];
}

#define ARGUMENTS                                                                                  \
  vec *restrict yr, vec *restrict yi, const vec *restrict xr, const vec *restrict xi,              \
      const real *restrict w, const real *restrict root, int64_t m, int64_t s, int last
#define PUT(j, r, i)                                                                               \
  NAME(turn)                                                                                       \
  (&yr[(p * RADIX + (j)) * s + q], &yi[(p * RADIX + (j)) * s + q], r, i,                           \
   &w[2 * (p * (RADIX - 1) + (j)-1)], last)
#define FIRST(r, i) NAME(turn)(&yr[p * RADIX * s + q], &yi[p * RADIX * s + q], r, i, w, 1)
#define GET(v, i)   x##v[(p + m * (i)) * s + q]

#define RADIX 2
MAH_FFT_INLINE void NAME(pass2)(ARGUMENTS) {
  (void)root;
  for (int64_t p = 0; p < m; p++)
    for (int64_t q = 0; q < s; q++) {
      vec ar = GET(r, 0), ai = GET(i, 0), br = GET(r, 1), bi = GET(i, 1);
      FIRST(ar + br, ai + bi);
      PUT(1, ar - br, ai - bi);
    }
}
#undef RADIX

#define RADIX 3
MAH_FFT_INLINE void NAME(pass3)(ARGUMENTS) {
  const real half = (real)0.5, side = (real)0.866025403784438646763723170752936183L;
  (void)root;
  for (int64_t p = 0; p < m; p++)
    for (int64_t q = 0; q < s; q++) {
      vec ar = GET(r, 0), ai = GET(i, 0);
      vec sr = GET(r, 1) + GET(r, 2), si = GET(i, 1) + GET(i, 2);
      vec dr = (GET(r, 1) - GET(r, 2)) * side, di = (GET(i, 1) - GET(i, 2)) * side;
      vec hr = ar - sr * half, hi = ai - si * half;
      FIRST(ar + sr, ai + si);
      PUT(1, hr + di, hi - dr);
      PUT(2, hr - di, hi + dr);
    }
}
#undef RADIX

#define RADIX 4
MAH_FFT_INLINE void NAME(pass4)(ARGUMENTS) {
  (void)root;
  for (int64_t p = 0; p < m; p++)
    for (int64_t q = 0; q < s; q++) {
      vec ar = GET(r, 0) + GET(r, 2), ai = GET(i, 0) + GET(i, 2);
      vec br = GET(r, 0) - GET(r, 2), bi = GET(i, 0) - GET(i, 2);
      vec cr = GET(r, 1) + GET(r, 3), ci = GET(i, 1) + GET(i, 3);
      vec dr = GET(r, 1) - GET(r, 3), di = GET(i, 1) - GET(i, 3);
      FIRST(ar + cr, ai + ci);
      PUT(1, br + di, bi - dr);
      PUT(2, ar - cr, ai - ci);
      PUT(3, br - di, bi + dr);
    }
}
#undef RADIX

#define RADIX 5
MAH_FFT_INLINE void NAME(pass5)(ARGUMENTS) {
  const real c1 = (real)0.309016994374947424102293417182819059L;
  const real c2 = (real)-0.809016994374947424102293417182819059L;
  const real s1 = (real)0.951056516295153572116439333379382143L;
  const real s2 = (real)0.587785252292473129168705954639072769L;
  (void)root;
  for (int64_t p = 0; p < m; p++)
    for (int64_t q = 0; q < s; q++) {
      vec ar = GET(r, 0), ai = GET(i, 0);
      vec br = GET(r, 1) + GET(r, 4), bi = GET(i, 1) + GET(i, 4);
      vec cr = GET(r, 2) + GET(r, 3), ci = GET(i, 2) + GET(i, 3);
      vec dr = GET(r, 1) - GET(r, 4), di = GET(i, 1) - GET(i, 4);
      vec er = GET(r, 2) - GET(r, 3), ei = GET(i, 2) - GET(i, 3);
      vec fr = ar + br * c1 + cr * c2, fi = ai + bi * c1 + ci * c2;
      vec gr = ar + br * c2 + cr * c1, gi = ai + bi * c2 + ci * c1;
      vec hr = dr * s1 + er * s2, hi = di * s1 + ei * s2;
      vec kr = dr * s2 - er * s1, ki = di * s2 - ei * s1;
      FIRST(ar + br + cr, ai + bi + ci);
      PUT(1, fr + hi, fi - hr);
      PUT(2, gr + ki, gi - kr);
      PUT(3, gr - ki, gi + kr);
      PUT(4, fr - hi, fi + hr);
    }
}
#undef RADIX

/* Two transforms of 4, of even and odd places, which three of the eighth roots join. */
#define RADIX 8
MAH_FFT_INLINE void NAME(pass8)(ARGUMENTS) {
  const real c = (real)0.707106781186547524400844362104849039L;
  (void)root;
  for (int64_t p = 0; p < m; p++)
    for (int64_t q = 0; q < s; q++) {
      vec ar = GET(r, 0) + GET(r, 4), ai = GET(i, 0) + GET(i, 4);
      vec br = GET(r, 0) - GET(r, 4), bi = GET(i, 0) - GET(i, 4);
      vec cr = GET(r, 2) + GET(r, 6), ci = GET(i, 2) + GET(i, 6);
      vec dr = GET(r, 2) - GET(r, 6), di = GET(i, 2) - GET(i, 6);
      vec e0r = ar + cr, e0i = ai + ci, e2r = ar - cr, e2i = ai - ci;
      vec e1r = br + di, e1i = bi - dr, e3r = br - di, e3i = bi + dr;
      ar = GET(r, 1) + GET(r, 5), ai = GET(i, 1) + GET(i, 5);
      br = GET(r, 1) - GET(r, 5), bi = GET(i, 1) - GET(i, 5);
      cr = GET(r, 3) + GET(r, 7), ci = GET(i, 3) + GET(i, 7);
      dr = GET(r, 3) - GET(r, 7), di = GET(i, 3) - GET(i, 7);
      vec o0r = ar + cr, o0i = ai + ci, o2r = ai - ci, o2i = cr - ar;
      vec tr = br + di, ti = bi - dr, ur = br - di, ui = bi + dr;
      vec o1r = (tr + ti) * c, o1i = (ti - tr) * c, o3r = (ui - ur) * c, o3i = (ur + ui) * -c;
      FIRST(e0r + o0r, e0i + o0i);
      PUT(1, e1r + o1r, e1i + o1i);
      PUT(2, e2r + o2r, e2i + o2i);
      PUT(3, e3r + o3r, e3i + o3i);
      PUT(4, e0r - o0r, e0i - o0i);
      PUT(5, e1r - o1r, e1i - o1i);
      PUT(6, e2r - o2r, e2i - o2i);
      PUT(7, e3r - o3r, e3i - o3i);
    }
}
#undef RADIX

/* An odd radix: element i and element r - i are met by conjugate roots. */
#define RADIX radix
static void NAME(pass_odd)(ARGUMENTS, int radix) {
  vec sr[MAH_FFT_MOST_RADIX / 2], si[MAH_FFT_MOST_RADIX / 2];
  vec dr[MAH_FFT_MOST_RADIX / 2], di[MAH_FFT_MOST_RADIX / 2];
  int half = radix / 2;
  for (int64_t p = 0; p < m; p++)
    for (int64_t q = 0; q < s; q++) {
      vec ar = GET(r, 0), ai = GET(i, 0), zr = ar, zi = ai;
      for (int i = 0; i < half; i++) {
        vec br = GET(r, i + 1), bi = GET(i, i + 1);
        vec cr = GET(r, radix - 1 - i), ci = GET(i, radix - 1 - i);
        sr[i] = br + cr, si[i] = bi + ci, dr[i] = br - cr, di[i] = bi - ci;
        zr += sr[i], zi += si[i];
      }
      FIRST(zr, zi);
      for (int j = 1; j <= half; j++) {
        vec er = ar, ei = ai, fr = ar - ar, fi = fr;
        for (int i = 0, k = j; i < half; i++, k = k + j < radix ? k + j : k + j - radix) {
          real cosine = root[2 * k], sine = root[2 * k + 1];
          er += sr[i] * cosine, ei += si[i] * cosine;
          fr -= di[i] * sine, fi += dr[i] * sine;
        }
        PUT(j, er + fr, ei + fi);
        PUT(radix - j, er - fr, ei - fi);
      }
    }
}
#undef RADIX

static void NAME(pass)(ARGUMENTS, int radix) {
  switch (radix) {
  case 2: NAME(pass2)(yr, yi, xr, xi, w, root, m, s, last); break;
  case 3: NAME(pass3)(yr, yi, xr, xi, w, root, m, s, last); break;
  case 4: NAME(pass4)(yr, yi, xr, xi, w, root, m, s, last); break;
  case 5: NAME(pass5)(yr, yi, xr, xi, w, root, m, s, last); break;
  case 8: NAME(pass8)(yr, yi, xr, xi, w, root, m, s, last); break;
  default: NAME(pass_odd)(yr, yi, xr, xi, w, root, m, s, last, radix);
  }
}

static int NAME(run)(void *re, void *im, void *re2, void *im2, const mah_fft_steps *steps) {
  vec *xr = re, *xi = im, *yr = re2, *yi = im2;
  int64_t m = steps->n, s = WIDTH;
  for (int k = 0; k < steps->passes; k++) {
    int radix = steps->radix[k];
    m /= radix;
    const real *w = steps->twiddle[k], *root = steps->root[k];
    if (m == 1)
      NAME(pass)(yr, yi, xr, xi, w, root, 1, s, 1, radix);
    else if (s == WIDTH)
      NAME(pass)(yr, yi, xr, xi, w, root, m, WIDTH, 0, radix);
    else
      NAME(pass)(yr, yi, xr, xi, w, root, m, s, 0, radix);
    s *= radix;
    vec *tr = xr, *ti = xi;
    xr = yr, xi = yi, yr = tr, yi = ti;
  }
  return steps->passes % 2;
}

/* -- Real vectors ------------------------------------------------------------------------------
 *
 * Z = E + i O, with E and O the transforms of even and odd elements, and both of them the conjugate
 * of themselves from behind: E[k] = (Z[k] + Z*[h - k]) / 2, O[k] = (Z[k] - Z*[h - k]) / 2 i;
 * X[k] = E[k] + w^k O[k].
 */
static void NAME(real)(void *out_re, void *out_im, const void *re, const void *im, const void *w_,
                       int64_t h, double scale) {
  vec *restrict yr = out_re, *restrict yi = out_im;
  const vec *restrict xr = re, *restrict xi = im;
  const real *restrict w = w_;
  real whole = (real)scale, half = (real)(scale / 2);
  for (int64_t l = 0; l < WIDTH; l++) {
    yr[l] = (xr[l] + xi[l]) * whole;
    yr[h * WIDTH + l] = (xr[l] - xi[l]) * whole;
    yi[l] = yi[h * WIDTH + l] = (xr[l] - xr[l]) * whole;
  }
  MAH_INDEPENDENT for (int64_t k = 1; k < h; k++) {
    real c = w[k], s = w[h + 1 + k];
    for (int64_t l = 0; l < WIDTH; l++) {
      vec ar = xr[k * WIDTH + l], ai = xi[k * WIDTH + l];
      vec br = xr[(h - k) * WIDTH + l], bi = xi[(h - k) * WIDTH + l];
      vec er = (ar + br) * half, ei = (ai - bi) * half;
      vec pr = (ai + bi) * half, pi = (br - ar) * half;
      yr[k * WIDTH + l] = er + (pr * c - pi * s);
      yi[k * WIDTH + l] = ei + (pr * s + pi * c);
    }
  }
}

/* E[k] = (X[k] + X*[h - k]) / 2, O[k] = w^-k (X[k] - X*[h - k]) / 2, Z = E + i O; the halves are the
 * caller's. */
static void NAME(half)(void *out_re, void *out_im, const void *re, const void *im, const void *w_,
                       int64_t h, double scale) {
  vec *restrict yr = out_re, *restrict yi = out_im;
  const vec *restrict xr = re, *restrict xi = im;
  const real *restrict w = w_;
  real factor = (real)scale;
  for (int64_t l = 0; l < WIDTH; l++) { /* the imaginary parts of both ends are 0 */
    yr[l] = (xr[l] + xr[h * WIDTH + l]) * factor;
    yi[l] = (xr[l] - xr[h * WIDTH + l]) * factor;
  }
  MAH_INDEPENDENT for (int64_t k = 1; k < h; k++) {
    real c = w[k], s = w[h + 1 + k];
    for (int64_t l = 0; l < WIDTH; l++) {
      vec ar = xr[k * WIDTH + l], ai = xi[k * WIDTH + l];
      vec br = xr[(h - k) * WIDTH + l], bi = xi[(h - k) * WIDTH + l];
      vec er = (ar + br) * factor, ei = (ai - bi) * factor;
      vec dr = (ar - br) * factor, di = (ai + bi) * factor;
      vec pr = dr * c + di * s, pi = di * c - dr * s;
      yr[k * WIDTH + l] = er - pi;
      yi[k * WIDTH + l] = ei + pr;
    }
  }
}

#undef ARGUMENTS
#undef PUT
#undef FIRST
#undef GET
