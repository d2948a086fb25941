"""Transformer blocks as functions and as random fields, Gaussian in the limit of many heads."""

from ._block import (
    TransformerBlock as TransformerBlock,
    attention_ensemble as attention_ensemble,
    block_ensemble as block_ensemble,
    transformer_block as transformer_block,
)
from ._heads import HeadMoments as HeadMoments, head_moments as head_moments
