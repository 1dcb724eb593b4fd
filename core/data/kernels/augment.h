/* augment.h - what changes images, per instruction set. All give the same bits. */
#ifndef MAH_KERNELS_AUGMENT_H
#define MAH_KERNELS_AUGMENT_H

enum { MAH_AUGMENT_STRIP = 16 }; /* rows of fields and bases are multiples of so many floats */

/* The waves that a Gaussian leaves of a side, times what it leaves of them. */
typedef struct mah_waves {
  float *wave; /* down: (length, count); across: (count, stride) */
  int length, count;
  int columns, stride; /* count and length as rows of matrices have them */
} mah_waves;

typedef struct mah_augment_table {
  /* field:(down.length, across.stride) = down z across   z:(down.count, across.columns)
   * half:(across.columns) is work space */
  void (*field)(float *field, const float *z, const mah_waves *down, const mah_waves *across,
                float *half);
  /* out[y, x] = in at (m[0] x + m[1] y + m[2] + dx[y, x], m[3] x + m[4] y + m[5] + dy[y, x])
   * in, out:(height + 2, width + 2), with a frame of one value that goes on for ever, which is
   * not written; dx_, dy_:(height, stride), or NULL: 0 */
  void (*sample)(float *out, const float *in, const float *m, const float *dx_, const float *dy_,
                 int height, int width, int stride);
  /* out = in + amount (greatest of each pixel and its four neighbours - in), amount in [0, 1];
   * below 0: + (-amount) (the least - in). Shapes as above. */
  void (*grow)(float *out, const float *in, float amount, int height, int width);
} mah_augment_table;
#endif
